import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that runs tests. It is killed when it says nothing for longer than it should take. */
export class Runner {
  #child;
  #ready;
  #settle = () => {};
  #heard = () => {};

  constructor(plan) {
    const options = { execArgv: ['--no-warnings'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] };
    this.#child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [plan], options);
    let stderr = '';
    this.#child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-2000);
    });
    this.#ready = new Promise((resolve) => {
      this.#child.on('message', (message) => {
        if (message.ready) resolve();
        else if (message.end) this.#settle(message.end);
        else this.#heard(message.limit);
      });
    });
    this.#child.on('exit', () => this.#settle({ failed: 'the process ended', why: stderr, broken: true }));
  }

  async ask(question, patience) {
    let timer;
    const late = (resolve, milliseconds) => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve({ failed: 'an endless loop', why: 'no word', broken: true }), milliseconds);
    };
    try {
      return await new Promise((resolve) => {
        this.#settle = resolve;
        this.#heard = (limit) => late(resolve, limit + 5000);
        late(resolve, patience);
        this.#ready.then(() => this.#child.send(question));
      });
    } finally {
      clearTimeout(timer);
    }
  }

  stop() {
    this.#settle = () => {};
    this.#child.kill('SIGKILL');
  }
}
