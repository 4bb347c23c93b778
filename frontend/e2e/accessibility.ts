import type { Page } from '@playwright/test'
import axe from 'axe-core'

/** The colours alone: what a change of theme can break. */
export const contrast: axe.RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] } }

/**
 * What axe finds on the page as it stands, each as its rule and the places; by
 * default by all its rules, which are those of WCAG 2.2 AA and its own advice.
 *
 * Axe is put into the page directly: its binding for Playwright opens a second
 * page for every question, for frames of other origins, of which there are none.
 */
export async function barriers(page: Page, options: axe.RunOptions = {}): Promise<string[]> {
  await page.locator('h1').first().waitFor({ state: 'attached' }) // every page has one once it has come
  await still(page)
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const violations = await page.evaluate(
    async (asked) => (await (window as unknown as { axe: typeof axe }).axe.run(document, { ...asked, resultTypes: ['violations'] })).violations,
    options,
  )
  return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

/** Waits until colours have changed and dialogs have come: axe reads what is painted. What goes by scrolling never ends by itself. */
async function still(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((each) => each.timeline === document.timeline && each.effect?.getComputedTiming().endTime !== Infinity)
        .map((each) => each.finished),
    ),
  )
}
