/** The first letter or digit of a text; the shell takes the same. */
export const initial = (text: string): string => /[\p{L}\p{N}]/u.exec(text)?.[0] ?? '·'
