import type { ListingKind } from './listings'

/** The roles that write and hand in what their organisation offers and looks for. */
export const submitters: readonly string[] = ['officer', 'head', 'engineer', 'manager', 'broker']

/** The roles whose drafts of a kind are kept: an inventor writes results, which others hand in. */
export function drafters(kind: ListingKind): readonly string[] {
  return kind === 'achievement' ? [...submitters, 'inventor'] : submitters
}
