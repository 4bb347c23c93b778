import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'
import type { Choice } from '@/ui/form/choice'
import { useLocalText } from '@/ui/text/localText'

export const taxonomyKey = ['taxonomies'] as const

/** The lists change with a release of the server. Nearly every page waits for them, so the app asks as it starts. */
export const taxonomiesQuery = { queryKey: taxonomyKey, queryFn: () => dataOf(api.GET('/taxonomies')), staleTime: Infinity }

/** The coded lists (fields, industries, regions …) with their names in the reader's language. */
export function useTaxonomies() {
  const text = useLocalText()
  const query = useQuery(taxonomiesQuery)

  const byCode = computed(() => {
    const lists = query.data.value?.lists ?? {}
    return new Map(Object.entries(lists).map(([list, terms]) => [list, new Map(terms.map((term) => [term.code, term]))]))
  })

  function terms(list: string): Schema<'Term'>[] {
    return query.data.value?.lists[list] ?? []
  }

  /** The name of a code; the code itself while the lists are on their way or when it is unknown. */
  function name(list: string, code: string | undefined): string {
    if (!code) return ''
    const term = byCode.value.get(list)?.get(code)
    return term ? text(term.name) : code
  }

  /** The code of the whole that a code is a part of. */
  function parent(list: string, code: string): string | undefined {
    return byCode.value.get(list)?.get(code)?.parent
  }

  /** A list as answers of a form; a part of something carries the name of the whole as hint. */
  function choices(list: string): Choice[] {
    return terms(list).map((term) => ({
      value: term.code,
      label: text(term.name),
      hint: term.parent ? name(list, term.parent) : undefined,
    }))
  }

  return { query, terms, name, parent, choices }
}
