import { QueryClient, VUE_QUERY_CLIENT } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { ref } from 'vue'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import { useGoneFilters } from './goneFilters'

const region = (code: string) => ({ code, name: { zh: code } })

function read(query: Record<string, string[]>, lists: Record<string, unknown> = { region: [region('650000'), region('650100')] }) {
  const client = new QueryClient()
  client.setQueryData(taxonomyKey, { lists })
  let found: ReturnType<typeof useGoneFilters> | undefined
  mount({ setup: () => ((found = useGoneFilters(ref(query))), () => null) }, { global: { plugins: [i18n], provide: { [VUE_QUERY_CLIENT]: client } } })
  return { gone: found?.gone.value, without: found?.without.value }
}

it('finds what is in no list any more, and leaves the rest of the search as it is', () => {
  const { gone, without } = read({ q: ['659999'], region: ['650100', '659999'], theme: ['寒区'], organisation: ['o1'] })
  expect(gone).toEqual(['659999'])
  expect(without).toEqual({ q: ['659999'], region: ['650100'], theme: ['寒区'], organisation: ['o1'] })
})

it('leaves out a filter of which nothing is left', () => {
  expect(read({ q: ['棉花'], region: ['659999'] }).without).toEqual({ q: ['棉花'] })
})

it('takes nothing for gone while the lists are on their way', () => {
  expect(read({ region: ['659999'] }, {}).gone).toEqual([])
})
