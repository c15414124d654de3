/** Greets by name: `{"name":"Ada"}` gives `{"message":"Hello, Ada!"}`. */
export const config = { description: 'Greets by name' };

export async function handler(event) {
  const name = event.name ?? 'world';
  console.log(`Greeting ${name}`);
  return { message: `Hello, ${name}!` };
}
