import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf, type Schema } from '@/api/client'
import { pageSize, searchParameters, type SearchState } from './searchState'

export type SearchHit = Schema<'SearchHit'>
export type Facet = Schema<'Facet'>

export const searchKeys = {
  all: ['search'] as const,
  of: (parameters: unknown, locale: string) => [...searchKeys.all, parameters, locale] as const,
}

/** The hits and facets of a search. While the next answer is on its way the last one stays. */
export function useSearch(state: Ref<SearchState>, size = pageSize) {
  const { locale } = useI18n()
  const parameters = computed(() => searchParameters(state.value))
  return useQuery({
    queryKey: computed(() => [...searchKeys.of(parameters.value, locale.value), size]),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/search', {
          params: { query: { ...parameters.value, page_size: size, locale: locale.value === 'en' ? 'en' : 'zh-CN' } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}
