import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf, type Schema } from '@/api/client'
import type { paths } from '@/api/schema'
import { pageSize, searchParameters, type CodeFacet, type SearchState } from './searchState'

export type SearchHit = Schema<'SearchHit'>
export type Facet = Schema<'Facet'>

export const searchKeys = {
  all: ['search'] as const,
  of: (parameters: unknown, locale: string) => [...searchKeys.all, parameters, locale] as const,
}

export type FacetName = NonNullable<NonNullable<paths['/search']['get']['parameters']['query']>['facets']>[number]

/**
 * The hits and some facets of a search. While the next answer is on its way the last one stays. What is `beside` is
 * asked for along with it, and is no part of what the answer is kept by: a change of it asks nothing anew, so that an
 * answer may lack it (see useFacetValues).
 */
export function useSearch(state: Ref<SearchState>, facets: Ref<FacetName[]>, options: { size?: number; beside?: Ref<CodeFacet[]> } = {}) {
  const { locale } = useI18n()
  const parameters = computed(() => ({ ...searchParameters(state.value), page_size: options.size ?? pageSize, facets: facets.value }))
  return useQuery({
    queryKey: computed(() => searchKeys.of(parameters.value, locale.value)),
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/search', {
          params: {
            query: {
              ...parameters.value,
              facets: [...new Set([...facets.value, ...(options.beside?.value ?? [])])],
              locale: locale.value === 'en' ? 'en' : 'zh-CN',
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

/** How many hits are few: where fewer have the words, others that speak of the same are told below them. */
const few = 10

/**
 * Listings that speak of the same in other words, where little has the words: apart from the search, which shows at once
 * what was found. Asked for on its first page alone, and none of what the page of no hits shows by itself.
 */
export function useAlike(state: Ref<SearchState>, result: Ref<Schema<'SearchResult'> | undefined>) {
  const { locale } = useI18n()
  const parameters = computed(() => ({ ...searchParameters({ ...state.value, sort: 'relevance', page: 1 }), alike: true }))
  const wanted = computed(
    () =>
      state.value.q.trim() !== '' &&
      state.value.page === 1 &&
      result.value !== undefined &&
      (result.value.total < few || (result.value.notices ?? []).some((code) => code === 'matched_some' || code === 'matched_described')),
  )
  const { data } = useQuery({
    queryKey: computed(() => searchKeys.of(parameters.value, locale.value)),
    queryFn: ({ signal }) => dataOf(api.GET('/search', { params: { query: { ...parameters.value, locale: locale.value === 'en' ? 'en' : 'zh-CN' } }, signal })),
    enabled: wanted,
  })
  return computed(() => {
    if (!wanted.value) return []
    const shown = new Set(result.value?.nearest?.map((hit) => hit.id))
    return (data.value?.hits ?? []).filter((hit) => !shown.has(hit.id))
  })
}

/** The values of an open facet that the answer of the search lacks, since it was opened later. */
export function useFacetValues(state: Ref<SearchState>, facet: CodeFacet, lacking: Ref<boolean>) {
  const { locale } = useI18n()
  const parameters = computed(() => ({ ...searchParameters({ ...state.value, sort: 'relevance', page: 1 }), facet }))
  return useQuery({
    queryKey: computed(() => searchKeys.of(parameters.value, locale.value)),
    queryFn: ({ signal }) => dataOf(api.GET('/search', { params: { query: parameters.value }, signal })),
    enabled: lacking,
    placeholderData: keepPreviousData,
  })
}
