/**
 * The verb of a step. The history names the whole action of the policy,
 * "achievement.return"; requests and lists of allowed steps name the verb alone.
 */
export function verbOf(action: string): string {
  return action.slice(action.indexOf('.') + 1)
}
