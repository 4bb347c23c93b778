import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import { meKey } from '../queries/session'
import PersonalForm from './PersonalForm.vue'

it('keeps what is typed while who one is is read again', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  const me = { signed_in: true, account_id: 'a1', name: '古丽娜', email: 'officer@demo.example', organisations: [] }
  client.setQueryData(meKey, me)
  const form = mount(PersonalForm, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: true }, mocks: { $route: { path: '/', fullPath: '/' } } } })
  const name = form.get('input')
  expect(name.element.value).toBe('古丽娜')
  await name.setValue('古丽娜·艾')
  client.setQueryData(meKey, { ...me, organisations: [{ id: 'o1', name: { zh: '绿洲' }, kind: 'institute', verified: true, roles: [] }] })
  await new Promise((done) => setTimeout(done))
  expect(name.element.value).toBe('古丽娜·艾')
})
