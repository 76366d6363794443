// A node's share of the tier's good answers since it serves again: won over few requests, lost only over many, so that
// the chance by which a balancer spreads requests does not decide.

interface Frame {
  readonly own: number;
  readonly tier: number;
}

/** Beyond so many times `leastRequests` older frames are forgotten. */
const LONG_FACTOR = 5;
/** A share below this part of what is demanded is lost at once, over the short window. */
const COLLAPSED = 0.5;

export class ShareWindow {
  readonly #leastRequests: number;
  #frames: Frame[] = [];
  #own = 0;
  #tier = 0;
  #restored = false;

  constructor(leastRequests: number) {
    this.#leastRequests = leastRequests;
  }

  get requests(): number {
    return this.#tier;
  }

  get share(): number {
    return this.#tier === 0 ? 0 : this.#own / this.#tier;
  }

  add(own: number, tier: number): void {
    if (tier === 0 || (this.#tier === 0 && own === 0)) return; // It begins with the first answer of its own.
    this.#frames.push({ own, tier });
    this.#own += own;
    this.#tier += tier;
    this.#trimTo(this.#leastRequests * LONG_FACTOR);
  }

  #trimTo(requests: number): void {
    while (this.#frames[0] && this.#tier - this.#frames[0].tier >= requests) {
      const [first] = this.#frames.splice(0, 1) as [Frame];
      this.#own -= first.own;
      this.#tier -= first.tier;
    }
  }

  /** The latest frames that hold at least `leastRequests` requests; undefined while there are too few. */
  #shortShare(): number | undefined {
    let own = 0;
    let tier = 0;
    for (let index = this.#frames.length - 1; index >= 0 && tier < this.#leastRequests; index -= 1) {
      own += this.#frames[index]!.own;
      tier += this.#frames[index]!.tier;
    }
    return tier < this.#leastRequests ? undefined : own / tier;
  }

  /** Is a share of at least `demanded` restored, and has it stayed so? Undefined while too few requests were seen. */
  isRestored(demanded: number): boolean | undefined {
    const short = this.#shortShare();
    if (short === undefined) return undefined;
    if (!this.#restored) {
      if (short < demanded) return false;
      this.#restored = true;
      this.#trimTo(this.#leastRequests);
      return true;
    }
    const isLong = this.#tier >= this.#leastRequests * (LONG_FACTOR - 2);
    if (short < demanded * COLLAPSED || (isLong && this.share < demanded)) this.#restored = false;
    return this.#restored;
  }
}
