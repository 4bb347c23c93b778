import { expect, type Browser, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

/** A white picture of 320 by 240 points, as PNG: drawn by the page itself, so that no file is kept for it. */
async function whitePicture(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 })
    const pen = canvas.getContext('2d')
    if (!pen) throw new Error('no canvas')
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, 320, 240)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

/** How many points of a picture are not white. */
function inked(page: Page, address: string): Promise<number> {
  return page.evaluate(async (source) => {
    const picture = new Image()
    picture.src = source
    await picture.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height })
    const pen = canvas.getContext('2d')
    if (!pen) throw new Error('no canvas')
    pen.drawImage(picture, 0, 0)
    const points = pen.getImageData(0, 0, canvas.width, canvas.height).data
    let found = 0
    for (let at = 0; at < points.length; at += 4) if ((points[at] ?? 255) < 230) found++
    return found
  }, address)
}

async function published(browser: Browser) {
  const officer = await as(browser, 'officer')
  const reviewer = await as(browser, 'reviewer')
  await officer.goto('/my/listings')
  const request = officer.context().request
  const origin = new URL(officer.url()).origin
  const me = (await (await request.get('/api/v1/me')).json()) as { person_id: string }
  const made = await request.post('/api/v1/achievements', {
    headers: { Origin: origin },
    data: {
      title: { zh: '盐碱地改良剂（外人可见题目）' }, value_line: { zh: '三年脱盐四成，成本比石膏低三成' }, abstract: { zh: '面向会员的摘要：盐碱地改良的配方路线与田间数据。' },
      details: { zh: '保密协议下的配比细节' }, technical_field: 'agriculture', trl: 6, keywords_zh: ['盐碱地', '改良剂'], cooperation: ['licence_other'], form: 'formula',
      trl_evidence: [{ level: 6, text: { zh: '三县田间试验' } }], claims: [{ metric: { zh: '脱盐率' }, value: '40', unit: '%', baseline: { zh: '石膏法 25 %' }, conditions: { zh: '0-20 cm 土层' } }],
      contributors: [{ person_id: me.person_id, role: 'COMPLETER', weight: 1 }],
      tiers: { abstract: 'MEMBERS', details: 'NDA' },
    },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const draft = (await made.json()) as { head: { id: string } }
  const id = draft.head.id
  const upload = await request.post('/api/v1/files', {
    headers: { Origin: origin },
    multipart: { kind: 'achievement', subject_id: id, tier: 'NDA', on_request: 'false', file: { name: '田间试验原始照片.png', mimeType: 'image/png', buffer: await whitePicture(officer) } },
  })
  expect(upload.ok(), await upload.text()).toBe(true)
  const submit = await request.post(`/api/v1/achievements/${id}/steps`, { headers: { Origin: origin, 'If-Match': made.headers()['etag'] ?? '' }, data: { action: 'submit' } })
  expect(submit.ok(), await submit.text()).toBe(true)
  const seen = await reviewer.context().request.get(`/api/v1/achievements/${id}/draft`)
  const review = (await (await reviewer.context().request.get(`/api/v1/reviews/achievement/${id}`)).json()) as { checklist: { code: string }[] }
  const checklist = review.checklist.map(({ code }) => ({ code, ok: true }))
  const publish = await reviewer.context().request.post(`/api/v1/achievements/${id}/steps`, { headers: { Origin: origin, 'If-Match': seen.headers()['etag'] ?? '' }, data: { action: 'publish', checklist } })
  expect(publish.ok(), await publish.text()).toBe(true)
  return { officer, id }
}

test('an outsider sees no more than is open, asks for one document, is granted it, and reads it with a watermark; the owner sees who did', async ({ browser, page }) => {
  const { officer, id } = await published(browser)

  // A visitor: the public fields, how much is behind, and the way to it.
  await page.goto(`/achievements/${id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('盐碱地改良剂')
  const behind = page.getByRole('complementary', { name: '未向您公开的内容' })
  await expect(behind).toContainText('3 项仅对认证会员公开：简介')
  await expect(behind).toContainText('1 项须签署保密协议后查看：技术细节')
  await expect(behind.getByRole('link', { name: '登录申请查看' })).toBeVisible()
  await expect(page.locator('body')).not.toContainText('面向会员的摘要')
  await expect(page.locator('body')).not.toContainText('配比细节')
  await expect(page.locator('body')).not.toContainText('田间试验原始照片')
  await expect(page.getByRole('heading', { name: '一份保密协议下的资料' })).toBeVisible()

  // A member of another organisation: the members' fields, and may ask.
  const manager = await as(browser, 'manager')
  await manager.goto(`/achievements/${id}`)
  await expect(manager.locator('body')).toContainText('面向会员的摘要')
  await expect(manager.locator('body')).not.toContainText('配比细节')
  await expect(manager.locator('body')).not.toContainText('田间试验原始照片')
  await manager.getByRole('button', { name: '申请查阅' }).click()
  await manager.getByLabel('申请理由').fill('我们有两万亩盐碱地，想先看田间照片。')
  await manager.getByRole('button', { name: '提交申请' }).click()
  await expect(manager.getByText('申请已提交，等待所有者答复。')).toBeVisible()
  const note = '先看照片，再谈试用；勿外传。'
  await manager.getByLabel('新笔记').fill(note)
  await manager.getByRole('button', { name: '保存笔记' }).click()
  await expect(manager.getByRole('list', { name: '本单位笔记' })).toContainText(note)

  // The owner finds it among the tasks, and opens the document until a day.
  await officer.goto('/file-requests')
  const card = officer.getByRole('article', { name: '田间试验原始照片.png' })
  await expect(card).toContainText('我们有两万亩盐碱地')
  await card.getByRole('button', { name: '开放', exact: true }).click()
  await card.getByRole('button', { name: '开放', exact: true }).click()
  await expect(card).toContainText('已开放')
  await officer.goto(`/achievements/${id}`)
  await expect(officer.locator('body')).not.toContainText(note)

  // Now the name is told, and the view bears the reader's mark; nothing else has opened.
  await manager.reload()
  await expect(manager.getByRole('heading', { name: '田间试验原始照片.png' })).toBeVisible()
  await expect(manager.locator('body')).not.toContainText('配比细节')
  const view = manager.getByRole('link', { name: '查看（带水印）' })
  const address = (await view.getAttribute('href')) ?? ''
  expect(await inked(manager, address)).toBeGreaterThan(500)
  expect(await barriers(manager)).toEqual([])

  // The owner reads in the log who saw what; the original bears no mark.
  await officer.goto('/disclosures?what=document')
  const row = officer.getByRole('row').filter({ hasText: '田间试验原始照片.png' })
  await expect(row.first()).toContainText('带水印')
  await officer.goto(`/achievements/${id}`)
  const own = (await officer.getByRole('link', { name: '查看', exact: true }).getAttribute('href')) ?? ''
  expect(await inked(officer, own)).toBe(0)
  await officer.getByRole('button', { name: '谁看过' }).click()
  await expect(officer.getByRole('table')).toContainText('带水印')

  // Taken back, it is closed again.
  await officer.goto('/file-requests')
  await officer.getByRole('article', { name: '田间试验原始照片.png' }).getByRole('button', { name: '收回授权' }).click()
  await expect(officer.getByRole('article', { name: '田间试验原始照片.png' })).toContainText('已收回')
  await manager.reload()
  await expect(manager.getByRole('heading', { name: '一份保密协议下的资料' })).toBeVisible()
  expect((await manager.context().request.get(address)).status()).toBe(404)
  for (const each of [officer, manager]) expect(complaintsOf(each)).toEqual([])
})
