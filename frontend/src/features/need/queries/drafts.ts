import { api, dataOf, ifMatch, type Schema } from '@/api/client'
import type { DraftSource } from '@/features/listing/queries/useDraft'
import { needToContent, needToForm, type NeedForm } from './needForm'

/** How needs are drafted. */
export const needDrafts: DraftSource<Schema<'NeedContent'>, NeedForm> = {
  kind: 'need',
  create: (body, key) => dataOf(api.POST('/needs', { body, params: { header: { 'Idempotency-Key': key } } })),
  load: (id) => dataOf(api.GET('/needs/{id}/draft', { params: { path: { id } } })),
  save: (id, version, body) => dataOf(api.PUT('/needs/{id}/draft', { params: { path: { id }, header: ifMatch(version) }, body })),
  toForm: needToForm,
  toContent: needToContent,
  worthSaving: (form) => form.title.zh.trim() !== '' || form.title.en.trim() !== '',
}
