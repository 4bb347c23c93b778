import { api, dataOf, ifMatch, type Schema } from '@/api/client'
import type { DraftSource } from '@/features/listing/queries/useDraft'
import { achievementToContent, achievementToForm, type AchievementForm } from './achievementForm'
import { packageToContent, packageToForm, type PackageForm } from './packageForm'

/** How achievements are drafted. */
export const achievementDrafts: DraftSource<Schema<'AchievementContent'>, AchievementForm> = {
  kind: 'achievement',
  create: (body, key) => dataOf(api.POST('/achievements', { body, params: { header: { 'Idempotency-Key': key } } })),
  load: (id) => dataOf(api.GET('/achievements/{id}/draft', { params: { path: { id } } })),
  save: (id, version, body) => dataOf(api.PUT('/achievements/{id}/draft', { params: { path: { id }, header: ifMatch(version) }, body })),
  toForm: achievementToForm,
  toContent: achievementToContent,
  worthSaving: (form) => form.title.zh.trim() !== '' || form.title.en.trim() !== '',
}

/** How packages are drafted. */
export const packageDrafts: DraftSource<Schema<'PackageContent'>, PackageForm> = {
  kind: 'package',
  create: (body, key) => dataOf(api.POST('/packages', { body, params: { header: { 'Idempotency-Key': key } } })),
  load: (id) => dataOf(api.GET('/packages/{id}/draft', { params: { path: { id } } })),
  save: (id, version, body) => dataOf(api.PUT('/packages/{id}/draft', { params: { path: { id }, header: ifMatch(version) }, body })),
  toForm: packageToForm,
  toContent: packageToContent,
  worthSaving: (form) => form.title.zh.trim() !== '' || form.title.en.trim() !== '',
}
