import type { RouteLocationRaw } from 'vue-router'
import type { Suggestions } from './suggestions'

/** One line under the search box: either words to search for, or a page to go to. */
export interface Suggestion {
  key: string
  label: string
  words?: string
  to?: RouteLocationRaw
  kind?: 'achievement' | 'package' | 'need'
  count?: number
}

export interface SuggestionGroup {
  name: 'recent' | 'keywords' | 'regions' | 'listings' | 'organisations'
  items: Suggestion[]
}

/** What stands under the search box: completions, or while nothing is typed what was searched for before. */
export function suggestionGroups(typed: string, found: Suggestions | undefined, recent: readonly string[]): SuggestionGroup[] {
  const groups: SuggestionGroup[] = typed
    ? [
        { name: 'keywords', items: (found?.keywords ?? []).map(({ text, count }) => ({ key: `k:${text}`, label: text, words: text, count })) },
        {
          name: 'regions',
          items: (found?.regions ?? []).map(({ region, name, count }) => ({ key: `g:${region}`, label: name, count, to: { path: '/search', query: { region } } })),
        },
        { name: 'listings', items: (found?.listings ?? []).map(({ id, kind, title }) => ({ key: `l:${id}`, label: title, kind, to: `/${kind}s/${id}` })) },
        {
          name: 'organisations',
          items: (found?.organisations ?? []).map(({ id, name, count }) => ({ key: `o:${id}`, label: name, count, to: { path: '/search', query: { organisation: id } } })),
        },
      ]
    : [{ name: 'recent', items: recent.map((words) => ({ key: `r:${words}`, label: words, words })) }]
  return groups.filter(({ items }) => items.length > 0)
}
