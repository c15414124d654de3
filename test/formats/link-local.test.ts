import { describe, expect, test } from '@jest/globals';
import { isLinkLocal, isLoopback } from '../../extension/formats/link-local.ts';

describe('an address of the link', () => {
  test.each([
    ...['169.254.169.254', '169.254.170.2', '169.254.0.0', '169.254.255.255', '169.254.169.254.'],
    ...['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '0xa9.254.43518', '１６９.254.169.254'],
    ...['[fe80::1]', '[FE80::1]', '[febf::1]', '[fe80:0:0:0:0:0:0:1]', '[fd00:ec2::254]', '[fd00:ec2::23]'],
    ...[
      '[::ffff:169.254.169.254]',
      '[::ffff:a9fe:a9fe]',
      '[0:0:0:0:0:ffff:a9fe:1]',
      '[::169.254.1.1]',
      '[64:ff9b::a9fe:a9fe]',
    ],
  ])('%s', (host) => {
    expect(isLinkLocal(new URL(`http://${host}:8080/x`))).toBe(true);
  });

  test.each([
    ...['169.253.1.1', '170.254.1.1', '10.0.0.1', '127.0.0.1', '169.254.example.com', '169.254.169.254.example.com'],
    ...[
      '[fec0::1]',
      '[fe00::1]',
      '[2001:db8::a9fe:a9fe]',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '[fd00:ec3::254]',
      'localhost',
    ],
  ])('%s is none', (host) => {
    expect(isLinkLocal(new URL(`http://${host}:8080/x`))).toBe(false);
  });
});

test.each([
  ...[
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['0x7f.1', true],
    ['[::1]', true],
    ['[::ffff:127.0.0.1]', true],
  ],
  ...[
    ['localhost', true],
    ['a.localhost', true],
    ['127.0.0.1.example.com', false],
    ['notlocalhost', false],
    ['10.0.0.1', false],
  ],
] as [string, boolean][])('%s is this machine: %s', (host, expected) => {
  expect(isLoopback(new URL(`http://${host}/`))).toBe(expected);
});
