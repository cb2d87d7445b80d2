type Translate = (id: string) => string

/** Actions by what they are about, e.g. `claim:read` and `claim:decide` under `claim`. */
export function byNoun(actions: readonly string[]): { noun: string; actions: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const action of [...actions].sort()) {
    const noun = action.split(':')[0] ?? action
    groups.set(noun, [...(groups.get(noun) ?? []), action])
  }
  return [...groups].map(([noun, of]) => ({ noun, actions: of }))
}

/** What an action is, in words where there are some; a newer server may have actions that these pages do not know. */
export function actionName(t: Translate, action: string): string {
  const id = `action.${action.replace(':', '.')}`
  const said = t(id)
  return said === id ? action : said
}
export function nounName(t: Translate, noun: string): string {
  const id = `noun.${noun}`
  const said = t(id)
  return said === id ? noun : said
}
