import { types } from 'node:util';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs tests in a realm of their own, in which Node's errors are no `Error`. Libraries that ask `instanceof Error`
 * would behave as they never do in production, so here the question is answered as in one realm.
 */
export default class OneRealmEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const { Error: RealmError } = this.global;
    const ordinary = Function.prototype[Symbol.hasInstance];
    Object.defineProperty(RealmError, Symbol.hasInstance, {
      value(value) {
        return this === RealmError
          ? types.isNativeError(value) || ordinary.call(this, value)
          : ordinary.call(this, value);
      },
    });
  }
}
