import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, dataOf, type Schema } from '@/api/client'
import { useSession } from '@/features/account/queries/session'
import { listingKeys } from './listings'

export type OpenDraft = Schema<'OpenDraft'>

export const unfinishedKey = [...listingKeys.all, 'unfinished'] as const

/** The newest drafts of the acting organisation that the person may go on with. */
export function useUnfinished() {
  const { acting } = useSession()
  return useQuery({
    queryKey: unfinishedKey,
    queryFn: async (): Promise<OpenDraft[]> => (await dataOf(api.GET('/me/drafts'))).items,
    enabled: computed(() => acting.value !== undefined),
    staleTime: 0, // what was written a moment ago is where one goes on
  })
}

/** The name of the answer that a problem is about: "price" for "price.amount" and for "/price/amount". */
export function useFieldName() {
  const { t, te } = useI18n()
  return (path: string): string => {
    const root = path.split(/[.[/]/).filter(Boolean)[0] ?? ''
    const key = `listing.field.${root}`
    return te(key) ? t(key) : path
  }
}
