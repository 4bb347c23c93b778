import type { RouteLocationRaw } from 'vue-router'
import { codeFacets, emptySearch, type SearchState } from './searchState'

/** What leaves out one filter, by the name that the server gives it; "all" leaves out every one. */
export function withoutFilter(state: SearchState, filter: string): Partial<SearchState> {
  switch (filter) {
    case 'all': {
      const { q, sort } = state
      return { ...emptySearch(), q, sort }
    }
    case 'kind':
      return { kind: '' }
    case 'trl':
      return { trlMin: null, trlMax: null }
    case 'price_band':
      return { priceMin: '', priceMax: '' }
    case 'public_benefit':
      return { publicBenefit: false }
  }
  const facet = codeFacets.find((name) => name === filter)
  return facet ? { codes: { ...state.codes, [facet]: [] } } : {}
}

/** How many words a text has at least that describes something rather than naming it, as in the search itself; two characters of Han are about one. */
const leastDescribing = 6

function describes(text: string): boolean {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0
  const words = text.replace(/\p{Script=Han}/gu, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0
  return han / 2 + words >= leastDescribing
}

/** The form of a need that begins with what was searched for: a description is read for all that it says, a name becomes the title. */
export function needFrom(state: SearchState): RouteLocationRaw {
  if (!state.q) return { path: '/my/needs/new', query: {} }
  return { path: '/my/needs/new', query: describes(state.q) ? { text: state.q.slice(0, 2000) } : { title: state.q.slice(0, 200) } }
}
