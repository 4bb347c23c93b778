import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { organisationOf } from '@/features/organisation/queries/organisations'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import type { Facet } from './search'
import { useSearchWords } from './searchFilters'
import { emptySearch, type SearchState } from './searchState'

const state: SearchState = {
  ...emptySearch(),
  q: ' 电池 ',
  kind: 'package',
  codes: { ...emptySearch().codes, field: ['new_energy'], organisation_kind: ['institute'], organisation: ['o1'] },
  trlMin: 4,
}

function wordsOf(search: SearchState, facets: Facet[] | undefined): string[] {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(taxonomyKey, { lists: { technical_field: [{ code: 'new_energy', name: { zh: '新能源' } }] } })
  client.setQueryData(organisationOf('o1').queryKey as readonly unknown[], { id: 'o1', name: { zh: '瀚海研究所' } })
  let words: string[] = []
  const reader = defineComponent({
    setup() {
      const read = useSearchWords(ref(search), ref(facets))
      return () => h('p', (words = read.value).join())
    },
  })
  mount(reader, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
  return words
}

describe('a search in words', () => {
  it('names what narrows it, where no answer does: no code is shown', () => {
    expect(wordsOf(state, undefined)).toEqual(['电池', '成果包', '新能源', '高校院所', '瀚海研究所', '成熟度 4–9 级'])
  })

  it('uses the names of the answer first', () => {
    const facets: Facet[] = [{ name: 'organisation', values: [{ code: 'o1', count: 2, label: { zh: '瀚海所' } }] }]
    expect(wordsOf({ ...emptySearch(), codes: state.codes }, facets)).toContain('瀚海所')
  })

  it('is empty for the search that finds everything', () => expect(wordsOf(emptySearch(), undefined)).toEqual([]))
})
