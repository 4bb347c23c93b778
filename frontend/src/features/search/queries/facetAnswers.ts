import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf } from '@/api/client'
import { searchKeys } from './search'
import { searchParameters, type CodeFacet, type SearchState } from './searchState'

const pause = 160

/** The values of one facet whose names answer some words, by pinyin too, under the filters of a search. */
export function useFacetAnswers(state: Ref<SearchState>, searched: Ref<{ facet: CodeFacet; words: string }>) {
  const { locale } = useI18n()
  const asked = ref(searched.value)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(searched, (now) => {
    clearTimeout(timer)
    timer = setTimeout(() => (asked.value = now), pause)
  })
  onScopeDispose(() => clearTimeout(timer))
  const parameters = computed(() => ({
    ...searchParameters({ ...state.value, sort: 'relevance', page: 1 }),
    facet: asked.value.facet,
    facet_words: asked.value.words,
  }))
  const { data } = useQuery({
    queryKey: computed(() => [...searchKeys.of(parameters.value, locale.value), 'facet']),
    queryFn: ({ signal }) => dataOf(api.GET('/search', { params: { query: parameters.value }, signal })),
    enabled: computed(() => asked.value.words !== ''),
  })
  return { data: computed(() => (asked.value.words === '' ? undefined : data.value?.facets)) }
}
