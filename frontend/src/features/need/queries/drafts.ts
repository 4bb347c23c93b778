import { api, dataOf, ifMatch, type Schema } from '@/api/client'
import type { DraftSource } from '@/features/listing/queries/useDraft'
import { needToContent, needToForm, type NeedForm } from './needForm'

/** How needs are drafted. */
const needDrafts: DraftSource<Schema<'NeedContent'>, NeedForm> = {
  kind: 'need',
  create: (body, key) => dataOf(api.POST('/needs', { body, params: { header: { 'Idempotency-Key': key } } })),
  load: (id) => dataOf(api.GET('/needs/{id}/draft', { params: { path: { id } } })),
  save: (id, version, body) => dataOf(api.PUT('/needs/{id}/draft', { params: { path: { id }, header: ifMatch(version) }, body })),
  toForm: needToForm,
  toContent: needToContent,
  worthSaving: (form) => form.title.zh.trim() !== '' || form.title.en.trim() !== '',
}

const longestTitle = 200

/** Drafts of which a new one begins with a title, as of a search that found nothing. It is kept once something is changed. */
export function needDraftsFrom(title: string, locale: string): typeof needDrafts {
  const language = /\p{Script=Han}/u.test(title) || locale !== 'en' ? 'zh' : 'en'
  const begun = title.trim().slice(0, longestTitle)
  return {
    ...needDrafts,
    toForm: (content) => {
      const form = needToForm(content)
      return begun && !content.title ? { ...form, title: { ...form.title, [language]: begun } } : form
    },
  }
}
