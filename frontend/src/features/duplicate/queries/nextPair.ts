import { computed, type Ref } from 'vue'
import { useDuplicates, type Duplicate } from './duplicates'

/** The pairs that a reader can decide on after one, in the order of the list: those below it, then those above. */
export function pairsAfter(pairs: readonly Duplicate[], id: string): Duplicate[] {
  const here = pairs.findIndex((pair) => pair.id === id)
  return [...pairs.slice(here + 1), ...pairs.slice(0, Math.max(here, 0))].filter((pair) => pair.actions.some((action) => action === 'merge' || action === 'keep_apart'))
}

/**
 * The pair to go on with. `order` is what came after the one that was decided, as the list stood then; `waiting` is
 * what the decision has left of it. A pair with the listing that is `gone` falls by itself.
 */
export function nextOf(order: readonly Duplicate[], waiting: readonly Duplicate[], gone?: string): Duplicate | undefined {
  const left = waiting.filter((pair) => pair.sides.every((side) => side.id !== gone))
  return order.map((before) => left.find((pair) => pair.id === before.id)).find((pair) => pair !== undefined) ?? left[0]
}

/** The pairs that wait for the reader's decision after the one on the page. */
export function usePairsAfter(id: Ref<string>) {
  const { data } = useDuplicates(computed(() => 'suspected' as const))
  return computed(() => pairsAfter(data.value?.pages.flatMap((page) => page.items) ?? [], id.value))
}
