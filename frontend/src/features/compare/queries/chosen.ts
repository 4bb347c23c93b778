import { computed, readonly, ref } from 'vue'
import { listingKinds } from '@/features/listing/queries/listings'
import { mostCompared, sideOf, type Compared } from './address'

/** A listing that was chosen, by the title under which it was found. */
export interface Chosen extends Compared {
  title: string
}

/** What became of a press; not added, there is no more room, or the others are of the other side. */
export type Outcome = 'added' | 'removed' | 'full' | 'other_side'

const storageKey = 'chengqiao.compare'

/** What is kept with the tab: the choice, and the account that chose; '' for a visitor. */
interface Kept {
  account: string
  items: Chosen[]
}

const kept = ref<Kept>(read())

function isChosen(value: unknown): value is Chosen {
  const each = value as Partial<Chosen> | null
  return typeof each?.id === 'string' && typeof each.title === 'string' && listingKinds.some((kind) => kind === each.kind)
}

function read(): Kept {
  try {
    const stored = JSON.parse(sessionStorage.getItem(storageKey) ?? '{}') as Partial<Kept>
    const items = Array.isArray(stored.items) ? stored.items.filter(isChosen).slice(0, mostCompared) : []
    return { account: typeof stored.account === 'string' ? stored.account : '', items }
  } catch {
    return { account: '', items: [] } // a storage that is closed or holds something else remembers nothing
  }
}

function write(next: Partial<Kept>): void {
  kept.value = { ...kept.value, ...next }
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(kept.value))
  } catch {
    // Then it is remembered until the page is left.
  }
}

/** The listing for which the other side's choice would have to go, until that is answered. */
const asked = ref<Chosen>()

const same = (one: Compared, other: Compared): boolean => one.kind === other.kind && one.id === other.id

/** The listings chosen to be compared, in this tab and until it is closed. */
export function useChosen() {
  const chosen = computed(() => kept.value.items)
  const side = computed(() => (chosen.value[0] ? sideOf(chosen.value[0].kind) : undefined))

  function has(listing: Compared): boolean {
    return chosen.value.some((each) => same(each, listing))
  }

  function remove(listing: Compared): void {
    write({ items: chosen.value.filter((each) => !same(each, listing)) })
  }

  /** Chooses a listing, or no longer. One of the other side is asked about first (see `asked`). */
  function toggle(listing: Chosen): Outcome {
    if (has(listing)) {
      remove(listing)
      return 'removed'
    }
    if (side.value && side.value !== sideOf(listing.kind)) {
      asked.value = listing
      return 'other_side'
    }
    if (chosen.value.length >= mostCompared) return 'full'
    write({ items: [...chosen.value, listing] })
    return 'added'
  }

  /** Leaves what was chosen for the listing that was asked about. */
  function beginAnew(): void {
    if (asked.value) write({ items: [asked.value] })
    asked.value = undefined
  }

  /**
   * Heeds who reads: a title that only one account may read does not stay for the next. What a visitor chose is for
   * everybody, and stays over the sign-in that it led to.
   */
  function readBy(account: string): void {
    if (kept.value.account === account) return
    write({ account, items: kept.value.account ? [] : chosen.value })
  }

  return { chosen, asked: readonly(asked), has, toggle, remove, clear: () => write({ items: [] }), beginAnew, keep: () => (asked.value = undefined), readBy }
}
