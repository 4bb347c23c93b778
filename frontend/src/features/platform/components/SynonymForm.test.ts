import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import type { SynonymGroup } from '../queries/synonyms'
import SynonymForm from './SynonymForm.vue'

const cotton: SynonymGroup = { id: 'g1', field: 'agriculture', expressions: ['棉花', 'cotton'], state: 'changed', version: 1 }

it('saves upon the version that was edited, and offers the newer one of somebody else in its place', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(taxonomyKey, { lists: { technical_field: [{ code: 'agriculture', zh: '农业', en: 'Agriculture' }] } })
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [] }, response: new Response() } as never)
  const versions: string[] = []
  const put = (_: string, { params }: { params: { header: { 'If-Match': string } } }) => {
    versions.push(params.header['If-Match'])
    return Promise.reject(new Problem({ code: 'stale_version', status: 412 }))
  }
  vi.spyOn(api, 'PUT').mockImplementation(put as never)
  const form = mount(SynonymForm, { props: { group: cotton }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: true } }, attachTo: document.body })
  const said = () => form.get('.input').text()
  await form.get('input').setValue('草棉')
  await form.get('input').trigger('keydown', { key: 'Enter' })

  // Another operator saves; the list is read again under the form.
  await form.setProps({ group: { ...cotton, expressions: ['棉花', 'cotton', '皮棉'], version: 2 } })
  expect(said()).toContain('草棉')
  for (let press = 0; press < 2; press++) {
    await form.get('form').trigger('submit')
    await flushPromises()
  }
  expect(versions).toEqual(['"1"', '"1"'])
  // The answer stands above, where who presses the button may not see it.
  expect(form.get('[role=alert]').text()).toContain('重新载入后再继续')
  expect(document.activeElement).not.toBe(document.body)
  expect(document.activeElement?.contains(form.get('[role=alert]').element)).toBe(true)

  await form.get('[role=alert] button').trigger('click')
  expect(said()).toContain('皮棉')
  expect(said()).not.toContain('草棉')
})
