import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import { forgetKept } from '@/ui/form/useKept'
import type { Contract, Receipt } from '../queries/contracts'
import ReceiptForm from './ReceiptForm.vue'
import RefundForm from './RefundForm.vue'

const record = vi.hoisted(() => vi.fn<(body: unknown) => Promise<unknown>>())
vi.mock('../queries/contracts', () => ({
  useRecordReceipt: () => ({ mutateAsync: record, isPending: ref(false) }),
  useRecordRefund: () => ({ mutateAsync: record, isPending: ref(false) }),
}))

beforeEach(() => {
  forgetKept()
  record.mockReset().mockResolvedValue({})
})

const plugins = { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }] as [typeof VueQueryPlugin, object]], stubs: { FileField: true } }
const ofContract = (id: string) => mount(ReceiptForm, { props: { contract: { id, terms: { payment: { kind: 'lump_sum' } } } as unknown as Contract }, global: plugins })
const reference = (form: ReturnType<typeof ofContract>) => form.get<HTMLInputElement>('[data-path=bank_reference] input')

it('is found again as it was left, for its contract alone', async () => {
  const left = ofContract('c1')
  await reference(left).setValue('BANK-1')
  left.unmount()
  expect(reference(ofContract('c1')).element.value).toBe('BANK-1')
  expect(reference(ofContract('c2')).element.value).toBe('')
})

it('keeps nothing of what was recorded or called off', async () => {
  const sent = ofContract('c1')
  await sent.get('[data-path=gross] input').setValue('100')
  await reference(sent).setValue('BANK-1')
  await sent.get('form').trigger('submit')
  await flushPromises()
  expect(record).toHaveBeenCalledOnce()
  sent.unmount()
  const next = ofContract('c1')
  expect(reference(next).element.value).toBe('')
  await reference(next).setValue('BANK-2')
  await next.get('button[type=button]').trigger('click')
  expect(next.emitted('cancel')).toHaveLength(1)
  next.unmount()
  expect(reference(ofContract('c1')).element.value).toBe('')
})

it('keeps a refund for its receipt', async () => {
  const of = (id: string) => mount(RefundForm, { props: { receipt: { id } as Receipt }, global: plugins })
  const left = of('r1')
  await left.get('textarea').setValue('质量扣款')
  left.unmount()
  expect(of('r1').get('textarea').element.value).toBe('质量扣款')
  expect(of('r2').get('textarea').element.value).toBe('')
})
