import type { LocationQuery } from 'vue-router'
import { listingKinds } from '@/features/listing/queries/listings'
import type { QueueChoice } from './reviews'

/** The choice of the queue that an address holds; what makes no sense is left out. */
export function choiceOf(query: LocationQuery): QueueChoice {
  const days = Number(query.days)
  const kind = listingKinds.find((each) => each === query.kind)
  const field = typeof query.field === 'string' ? query.field : ''
  return {
    ...(kind ? { kind } : {}),
    ...(field ? { technical_field: field } : {}),
    ...(Number.isInteger(days) && days > 0 ? { waiting_days: days } : {}),
    ...(query.claim === 'free' || query.claim === 'mine' ? { claim: query.claim } : {}),
  }
}

/** The address of a choice. */
export function queryOf(choice: QueueChoice): Record<string, string> {
  return {
    ...(choice.kind ? { kind: choice.kind } : {}),
    ...(choice.technical_field ? { field: choice.technical_field } : {}),
    ...(choice.waiting_days ? { days: String(choice.waiting_days) } : {}),
    ...(choice.claim ? { claim: choice.claim } : {}),
  }
}
