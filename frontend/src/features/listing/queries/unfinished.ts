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

/** Where the names of what a part of a list consists of stand in i18n. */
const partNames: Record<string, string> = { requirements: 'need.requirement', claims: 'listing.claim', ip_items: 'listing.ip', components: 'listing.component', contributors: 'listing.contributor' }

/** Parts that are named otherwise than they are sent. */
const partAliases: Record<string, string> = { achievement_id: 'achievement', weight_bps: 'weight' }

/** The name of the answer that a problem is about: "price" for "price.amount" and for "/price/amount"; of one in a list also which, and what of it. */
export function useFieldName() {
  const { t, te } = useI18n()
  return (path: string): string => {
    const [root = '', at, part = '', inner] = path.split(/[.[\]/]/).filter(Boolean)
    const key = `listing.field.${root}`
    if (!te(key)) return path
    if (at === undefined || !/^\d+$/.test(at)) return t(key)
    const of = inner && part === 'rights' ? `listing.rights.${inner}` : `${partNames[root] ?? ''}.${partAliases[part] ?? part}`
    return `${t(key)} ${Number(at) + 1}${te(of) ? ` · ${t(of)}` : ''}`
  }
}
