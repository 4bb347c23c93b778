import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf, type Schema } from '@/api/client'
import type { paths } from '@/api/schema'
import { pageSize, searchParameters, type SearchState } from './searchState'

export type SearchHit = Schema<'SearchHit'>
export type Facet = Schema<'Facet'>

export const searchKeys = {
  all: ['search'] as const,
  of: (parameters: unknown, locale: string) => [...searchKeys.all, parameters, locale] as const,
}

type FacetName = NonNullable<NonNullable<paths['/search']['get']['parameters']['query']>['facets']>[number]

/**
 * The hits and facets of a search, all of them or those alone that are shown. While the next answer is on its way
 * the last one stays.
 */
export function useSearch(state: Ref<SearchState>, size = pageSize, facets?: FacetName[]) {
  const { locale } = useI18n()
  const parameters = computed(() => ({ ...searchParameters(state.value), page_size: size, facets }))
  return useQuery({
    queryKey: computed(() => searchKeys.of(parameters.value, locale.value)),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/search', {
          params: { query: { ...parameters.value, locale: locale.value === 'en' ? 'en' : 'zh-CN' } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}
