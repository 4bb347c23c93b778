import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { paths } from '@/api/schema'

type SearchQuery = NonNullable<paths['/search']['get']['parameters']['query']>
export type Sort = NonNullable<SearchQuery['sort']>
export type Kind = NonNullable<SearchQuery['kind']>[number]

/** The filters that take any of several codes, in the order of the panel. */
export const codeFacets = ['field', 'industry', 'region', 'ip_kind', 'cooperation', 'price_mode', 'theme', 'organisation_kind', 'organisation', 'year', 'language'] as const
export type CodeFacet = (typeof codeFacets)[number]

/** The facets that stand open where there is room for them. */
export const firstFacets: readonly CodeFacet[] = codeFacets.slice(0, 3)

export const kinds: readonly Kind[] = ['package', 'achievement', 'need']
export const sorts: readonly Sort[] = ['relevance', 'newest', 'price_asc', 'price_desc', 'trl_desc', 'trl_asc']
export const pageSize = 20

/** How many characters of the words are searched for: the server cuts the rest, and says so. */
export const countedText = 500

/** The part of some words that is searched for. */
export function counted(words: string): string {
  return [...words.trim()].slice(0, countedText).join('')
}

/** A theme is in its owner's words; everything else is a code. */
const longest = (facet: CodeFacet): number => (facet === 'theme' ? 100 : 60)

/** What is searched for: everything that the address of the page holds. */
export interface SearchState {
  q: string
  kind: Kind | ''
  codes: Record<CodeFacet, string[]>
  publicBenefit: boolean
  trlMin: number | null
  trlMax: number | null
  priceMin: string
  priceMax: string
  sort: Sort
  page: number
}

/** The search that finds everything. */
export function emptySearch(): SearchState {
  return {
    q: '',
    kind: '',
    codes: Object.fromEntries(codeFacets.map((name) => [name, [] as string[]])) as Record<CodeFacet, string[]>,
    publicBenefit: false,
    trlMin: null,
    trlMax: null,
    priceMin: '',
    priceMax: '',
    sort: 'relevance',
    page: 1,
  }
}

function one(value: LocationQuery[string] | undefined): string {
  const first = Array.isArray(value) ? value[0] : value
  return first ?? ''
}

function level(text: string): number | null {
  return /^[1-9]$/.test(text) ? Number(text) : null
}

function price(text: string): string {
  return /^\d{1,15}(\.\d{1,2})?$/.test(text) ? text : ''
}

/** The two ends of a range, the lesser first, as the server takes them. */
function ordered<End extends string | number | null>(min: End, max: End, open: End): [End, End] {
  return min !== open && max !== open && Number(min) > Number(max) ? [max, min] : [min, max]
}

/** Reads an address. What makes no sense in it is left out, so that an old or mistyped link still opens. */
export function readSearch(query: LocationQuery): SearchState {
  const state = emptySearch()
  state.q = one(query.q)
  state.kind = kinds.find((kind) => kind === one(query.kind)) ?? ''
  for (const name of codeFacets) {
    const raw = query[name]
    const values = (Array.isArray(raw) ? raw : [raw]).filter((each): each is string => !!each && each.length <= longest(name))
    state.codes[name] = [...new Set(values)].slice(0, 50)
  }
  state.publicBenefit = one(query.public_benefit) === 'true'
  ;[state.trlMin, state.trlMax] = ordered(level(one(query.trl_min)), level(one(query.trl_max)), null)
  ;[state.priceMin, state.priceMax] = ordered(price(one(query.price_min)), price(one(query.price_max)), '')
  state.sort = sorts.find((sort) => sort === one(query.sort)) ?? 'relevance'
  const page = Number(one(query.page))
  state.page = Number.isInteger(page) && page >= 1 && page <= 500 ? page : 1
  return state
}

/** The search as the API takes it and as the address shows it; what is at its default is left out. */
export function searchParameters(state: SearchState): SearchQuery {
  const query: SearchQuery = {}
  if (state.q.trim()) query.q = state.q.trim()
  if (state.kind) query.kind = [state.kind]
  for (const name of codeFacets) if (state.codes[name].length) query[name] = state.codes[name]
  if (state.publicBenefit) query.public_benefit = true
  if (state.trlMin !== null) query.trl_min = state.trlMin
  if (state.trlMax !== null) query.trl_max = state.trlMax
  if (state.priceMin) query.price_min = state.priceMin
  if (state.priceMax) query.price_max = state.priceMax
  if (state.sort !== 'relevance') query.sort = state.sort
  if (state.page > 1) query.page = state.page
  return query
}

/** searchParameters for the router. */
export function searchAddress(state: SearchState): LocationQueryRaw {
  return Object.fromEntries(
    Object.entries(searchParameters(state)).map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]),
  )
}

/** Whether words are still those that were being typed, longer or shorter, and no others. */
export function sameTyping(before: string, now: string): boolean {
  return now !== '' && (now.startsWith(before) || before.startsWith(now))
}

/** How many filters narrow the search; the words, the order and the page are none. */
export function countFilters(state: SearchState): number {
  const codes = codeFacets.reduce((sum, name) => sum + state.codes[name].length, 0)
  const ranges = [state.trlMin, state.trlMax].filter((each) => each !== null).length
  const prices = [state.priceMin, state.priceMax].filter(Boolean).length
  return codes + ranges + prices + (state.publicBenefit ? 1 : 0)
}
