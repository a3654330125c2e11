export async function eventRows() {
  return [];
}
