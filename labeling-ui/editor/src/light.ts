/** How the image's own pixels are shown. Nothing of this changes the image or what is labeled. */
import { type ReadonlySignal, type Signal, computed, signal } from "@preact/signals-core";

export const CHANNELS = ["all", "red", "green", "blue", "gray"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface LightValues {
  /** −1 to 1, added. */
  readonly brightness: number;
  /** 0 to 4, around the middle. */
  readonly contrast: number;
  /** 0.2 to 5; above 1 lifts the shadows. */
  readonly gamma: number;
  readonly invert: boolean;
  /** One channel alone is shown gray. */
  readonly channel: Channel;
  /** How much of the locally equalised image is mixed in, 0 to 1. */
  readonly local: number;
}

export const AS_IS: LightValues = { brightness: 0, contrast: 1, gamma: 1, invert: false, channel: "all", local: 0 };

export class Light {
  readonly brightness: Signal<number> = signal(AS_IS.brightness);
  readonly contrast: Signal<number> = signal(AS_IS.contrast);
  readonly gamma: Signal<number> = signal(AS_IS.gamma);
  readonly invert: Signal<boolean> = signal(AS_IS.invert);
  readonly channel: Signal<Channel> = signal<Channel>(AS_IS.channel);
  readonly local: Signal<number> = signal(AS_IS.local);
  readonly values: ReadonlySignal<LightValues> = computed(() => ({
    brightness: this.brightness.value,
    contrast: this.contrast.value,
    gamma: this.gamma.value,
    invert: this.invert.value,
    channel: this.channel.value,
    local: this.local.value,
  }));
  readonly changed: ReadonlySignal<boolean> = computed(() => {
    const { value } = this.values;
    return (Object.keys(AS_IS) as (keyof LightValues)[]).some((name) => value[name] !== AS_IS[name]);
  });

  reset(): void {
    this.brightness.value = AS_IS.brightness;
    this.contrast.value = AS_IS.contrast;
    this.gamma.value = AS_IS.gamma;
    this.invert.value = AS_IS.invert;
    this.channel.value = AS_IS.channel;
    this.local.value = AS_IS.local;
  }
}
