import { mount } from '@vue/test-utils'
import { nextTick, ref } from 'vue'
import { expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import ProposeButton from './ProposeButton.vue'

const acting = ref<{ kind: string } | undefined>({ kind: 'brokerage' })
vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ acting }) }))
vi.mock('../queries/desk', () => ({ mediates: (organisation: unknown) => organisation !== undefined }))

it('keeps what is being written when the session ends meanwhile', async () => {
  const button = mount(ProposeButton, { props: { need: { id: 'n', title: '苦咸水淡化' } }, global: { plugins: [i18n], stubs: { ProposeDialog: { template: '<form />' } } } })
  await button.get('button').trigger('click')
  acting.value = undefined
  await nextTick()
  expect(button.find('form').exists()).toBe(true)
  expect(button.find('button').exists()).toBe(false)
})
