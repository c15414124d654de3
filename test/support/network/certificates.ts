import { webcrypto } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata'; // @peculiar/x509 needs it in place first
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 3600 * 1000;

/** What a TLS server needs. */
export interface Identity {
  readonly key: string;
  /** The leaf first, then the others that the server sends. */
  readonly cert: string;
}

export interface LeafOptions {
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate authority that lives as long as a test. No key of it is ever written to the disk. */
export class Authority {
  readonly pem: string;
  /** A file of its certificate, as AWS_CA_BUNDLE and proxy_ca_bundle_file want it. */
  readonly file: string;
  readonly #name: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  /** Sent along by servers, when this authority is not a root. */
  readonly #chain: string;

  private constructor(name: string, keys: webcrypto.CryptoKeyPair, pem: string, chain: string) {
    this.#name = name;
    this.#keys = keys;
    this.#chain = chain;
    this.pem = pem;
    this.file = join(mkdtempSync(join(tmpdir(), 'authority-')), 'ca.pem');
    writeFileSync(this.file, pem);
  }

  static async root(name: string): Promise<Authority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...common(name, {}),
      signingAlgorithm: algorithm,
      keys,
      extensions: authorityExtensions(),
    });
    return new Authority(name, keys, certificate.toString('pem'), '');
  }

  /** An authority below this one. */
  async intermediate(name: string): Promise<Authority> {
    const keys = await generateKeys();
    const pem = await this.#sign(name, keys, {}, authorityExtensions());
    return new Authority(name, keys, pem, `${pem}\n${this.#chain}`);
  }

  /** A server's certificate, with the chain up to the root. */
  async issue({ hosts = ['127.0.0.1', 'localhost'], ...dates }: LeafOptions = {}): Promise<Identity> {
    const keys = await generateKeys();
    const pem = await this.#sign(hosts[0] ?? 'server', keys, dates, serverExtensions(hosts));
    return { key: await exportKey(keys), cert: `${pem}\n${this.#chain}` };
  }

  /** The same without the certificates between it and the root. */
  async issueWithoutChain(options: LeafOptions = {}): Promise<Identity> {
    const { key, cert } = await this.issue(options);
    return { key, cert: cert.slice(0, cert.indexOf('-----END CERTIFICATE-----') + 26) };
  }

  async #sign(
    name: string,
    keys: webcrypto.CryptoKeyPair,
    dates: LeafOptions,
    extensions: x509.Extension[],
  ): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.create({
      ...common(name, dates),
      issuer: `CN=${this.#name}`,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      extensions,
    });
    return certificate.toString('pem');
  }
}

/** A server's certificate that no authority has signed. */
export async function selfSigned({
  hosts = ['127.0.0.1', 'localhost'],
  ...dates
}: LeafOptions = {}): Promise<Identity> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(hosts[0] ?? 'server', dates),
    signingAlgorithm: algorithm,
    keys,
    extensions: serverExtensions(hosts),
  });
  return { key: await exportKey(keys), cert: certificate.toString('pem') };
}

export const expired: LeafOptions = {
  notBefore: new Date(Date.now() - 20 * day),
  notAfter: new Date(Date.now() - day),
};

function common(name: string, { notBefore = new Date(Date.now() - day), notAfter }: LeafOptions) {
  const serialNumber = Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex');
  return {
    serialNumber: `01${serialNumber}`,
    ...{ name: `CN=${name}`, subject: `CN=${name}` },
    notBefore,
    notAfter: notAfter ?? new Date(Date.now() + 30 * day),
  };
}

function authorityExtensions(): x509.Extension[] {
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return [new x509.BasicConstraintsExtension(true, 2, true), new x509.KeyUsagesExtension(usage, true)];
}

function serverExtensions(hosts: readonly string[]): x509.Extension[] {
  const names = hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? ('ip' as const) : ('dns' as const), value }));
  return [new x509.BasicConstraintsExtension(false), new x509.SubjectAlternativeNameExtension(names)];
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function exportKey({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}
