import { useQueries } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import type { Schema } from '@/api/client'
import { publishedOf } from '@/features/listing/queries/published'
import type { Compared } from './address'

/** A listing of any kind, as far as the reader may see it: what its own page is told. */
export interface ComparedListing extends Pick<Schema<'Package'>, 'component_titles' | 'owners' | 'places'>, Pick<Schema<'Achievement'>, 'origin' | 'packages' | 'room'> {
  head: Schema<'ListingHead'>
  content: Partial<Schema<'AchievementContent'> & Schema<'PackageContent'> & Schema<'NeedContent'>>
  withheld: string[]
  withheld_tiers?: Record<string, Schema<'Tier'>>
  organisation?: Schema<'Organisation'>
}

/** One column: a listing, or why there is none to be read. */
export interface Column {
  of: Compared
  listing?: ComparedListing
  error: unknown
}

/** The columns of a comparison, asked for as their pages ask, so that each reader is shown what they may see. */
export function useCompared(wanted: Ref<Compared[]>) {
  const answers = useQueries({ queries: computed(() => wanted.value.map(({ kind, id }) => publishedOf(kind, id))) })
  const pending = computed(() => answers.value.some((each) => each.isPending))
  const columns = computed<Column[]>(() => wanted.value.map((of, index) => ({ of, listing: answers.value[index]?.data, error: answers.value[index]?.error ?? null })))
  return { columns, pending }
}
