type Calls<T> = { readonly [Name in keyof T]: (...input: never[]) => Promise<unknown> };

/** Calls that most tasks do not make: their code loads with the first of them. */
export function late<T extends Calls<T>>(names: Readonly<Record<keyof T, true>>, load: () => Promise<T>): T {
  let loading: Promise<T> | undefined;
  const callOf = (name: string) =>
    async function call(...input: never[]) {
      loading ??= load();
      return (await loading)[name as keyof T](...input);
    };
  return Object.fromEntries(Object.keys(names).map((name) => [name, callOf(name)])) as T;
}
