/** Chance that comes again: the same seed gives the same numbers. */

export class Random {
  /** @param {number} seed a whole number */
  constructor(seed) {
    this._state = seed >>> 0;
  }

  /** From 0 up to 1, without 1. Mulberry32, by Tommy Ettinger, which is in the public domain. */
  next() {
    this._state = (this._state + 0x6d2b79f5) >>> 0;
    let t = this._state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Between two numbers, to a tenth. */
  between(least, most) {
    return Math.round((least + this.next() * (most - least)) * 10) / 10;
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  shuffled(list) {
    const rest = [...list];
    const result = [];
    while (rest.length) {
      result.push(...rest.splice(Math.floor(this.next() * rest.length), 1));
    }
    return result;
  }
}
