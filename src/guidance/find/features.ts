/** A sparse vector: the weight of each feature by name. */
export type Features = ReadonlyMap<string, number>;

/** Lower-case words of letters and digits, with apostrophes closed up: "It's Bed-4!" is `its bed 4`. */
export function words(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/['’]/gu, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Counts of words, of pairs of words, and of runs of 2 to 5 characters inside each word. */
export function count(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const add = (feature: string): void => {
    found.set(feature, (found.get(feature) ?? 0) + 1);
  };
  const list = words(text);
  for (const [index, word] of list.entries()) {
    add(`w:${word}`);
    const next = list[index + 1];
    if (next !== undefined) add(`w:${word} ${next}`);
    const padded = ` ${word} `;
    for (let size = 2; size <= 5; size += 1) {
      for (let start = 0; start + size <= padded.length; start += 1) add(`c:${padded.slice(start, start + size)}`);
    }
  }
  return found;
}

/** Weighs counts by how rare each feature is among the documents, to unit length. Unknown features are left out. */
export function weigh(counts: ReadonlyMap<string, number>, rarity: ReadonlyMap<string, number>): Features {
  const weighed = new Map<string, number>();
  let square = 0;
  for (const [feature, times] of counts) {
    const rare = rarity.get(feature);
    if (rare === undefined) continue;
    const weight = (1 + Math.log(times)) * rare;
    weighed.set(feature, weight);
    square += weight * weight;
  }
  const length = Math.sqrt(square) || 1;
  return new Map([...weighed].map(([feature, weight]) => [feature, weight / length]));
}

/** Inverse document frequency, smoothed, of each feature that more than one document has: the others teach nothing. */
export function rarityIn(documents: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const holding = new Map<string, number>();
  for (const document of documents) {
    for (const feature of document.keys()) holding.set(feature, (holding.get(feature) ?? 0) + 1);
  }
  return new Map(
    [...holding]
      .filter(([, times]) => times > 1)
      .map(([feature, times]) => [feature, 1 + Math.log((1 + documents.length) / (1 + times))]),
  );
}
