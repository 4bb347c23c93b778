import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { listingKinds, type ListingKind } from '@/features/listing/queries/listings'

/** A listing among those that are compared. */
export interface Compared {
  kind: ListingKind
  id: string
}

/** Offers are compared with offers, needs with needs: between the two there is a match, no comparison. */
export type Side = 'offer' | 'need'

/** How many stand beside each other at most: more cannot be taken in, nor fit on a screen. */
export const mostCompared = 4

export function sideOf(kind: ListingKind): Side {
  return kind === 'need' ? 'need' : 'offer'
}

/** Reads what an address compares: of one side, the first's. What makes no sense is left out, so that an old or mistyped link still opens. */
export function readCompared(query: LocationQuery): Compared[] {
  const ids = [query.ids].flat().filter(Boolean).join(',')
  const found = new Map<string, Compared>()
  for (const each of ids.split(',')) {
    const [, word, id] = /^([a-z]+):([0-9a-z-]{1,64})$/.exec(each) ?? []
    const kind = listingKinds.find((known) => known === word)
    if (kind && id) found.set(each, { kind, id })
  }
  const all = [...found.values()]
  return all.filter((each) => sideOf(each.kind) === sideOf(all[0]?.kind ?? each.kind)).slice(0, mostCompared)
}

/** The address that compares these, to be shared; with `differing` it shows no row in which all are alike. */
export function comparedAddress(listings: readonly Compared[], differing = false): { path: string; query: LocationQueryRaw } {
  return {
    path: '/compare',
    query: {
      ...(listings.length && { ids: listings.map(({ kind, id }) => `${kind}:${id}`).join(',') }),
      ...(differing && { only: 'differences' }),
    },
  }
}
