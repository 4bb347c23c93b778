import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf, type Schema } from '@/api/client'
import { searchKeys } from './search'

export type Suggestions = Schema<'Suggestions'>

/** What is longer names nothing; the server refuses it. */
const longestTyping = 60

/** What begins with the words. A newer word cancels the question for an older one. */
export function useSuggestions(words: Ref<string>) {
  const { locale } = useI18n()
  const enabled = computed(() => words.value !== '' && [...words.value].length <= longestTyping)
  const { data } = useQuery({
    queryKey: computed(() => [...searchKeys.all, 'suggestions', words.value, locale.value] as const),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/suggestions', { params: { query: { q: words.value, locale: locale.value === 'en' ? 'en' : 'zh-CN' } }, signal })),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false, // a completion that comes late helps nobody
  })
  return computed(() => (enabled.value ? data.value : undefined))
}
