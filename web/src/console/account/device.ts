const browsers: [RegExp, string][] = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/MicroMessenger\//, 'WeChat'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']]
const systems: [RegExp, string][] = [[/iPhone|iPad/, 'iOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']]

/** What a browser says that it is, in two words; null where it says nothing known. */
export function deviceOf(userAgent: string): string | null {
  const find = (list: [RegExp, string][]) => list.find(([mark]) => mark.test(userAgent))?.[1]
  const said = [find(browsers), find(systems)].filter(Boolean)
  return said.length ? said.join(' · ') : userAgent.slice(0, 60) || null
}
