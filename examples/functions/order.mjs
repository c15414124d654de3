/** Prices an order: `{"id":"A-17","items":[{"sku":"pen","quantity":2,"price":1.5}]}`. */
export const config = { description: 'Prices an order', memorySize: 256, environment: { CURRENCY: 'EUR' } };

const { CURRENCY } = process.env;

export async function handler({ id = 'A-0', items = [] }) {
  const total = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  console.log(`Order ${id}: ${items.length} items, ${total.toFixed(2)} ${CURRENCY}`);
  return { order: { id, status: 'priced', items: items.length, total: Number(total.toFixed(2)), currency: CURRENCY } };
}
