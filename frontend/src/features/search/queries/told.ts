/** Things of one day under its name. */
export interface Day<Item> {
  name: string
  items: Item[]
}

/** Items that are ordered by time, by the day that each is of. */
export function byDay<Item>(items: readonly Item[], dayOf: (item: Item) => string): Day<Item>[] {
  const days: Day<Item>[] = []
  for (const item of items) {
    const name = dayOf(item)
    const last = days.at(-1)
    if (last?.name === name) last.items.push(item)
    else days.push({ name, items: [item] })
  }
  return days
}
