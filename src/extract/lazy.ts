/**
 * The attributes in which lazy-loading libraries, galleries and themes keep what a script will put
 * into `src`, `srcset` or `background-image`. A table on purpose: it is documentation too.
 */

/** How an attribute's value is read. */
export type LazyKind =
  /** One address. */
  | 'address'
  /** A srcset; a bare address is one too. */
  | 'srcset'
  /** An address, or CSS with `url()`. */
  | 'background'
  /** An address of a larger copy, shown when the picture is opened. */
  | 'full'
  /** An address of a smaller copy. */
  | 'thumb';

const TABLE: readonly (readonly [kind: LazyKind, who: string, attributes: string])[] = [
  [
    'address',
    'lazysizes, vanilla-lazyload, lozad, yall, Flickity-like',
    `
      data-src
    `,
  ],
  [
    'address',
    'jQuery lazyload, layzr, Discuz',
    `
      data-original data-normal data-retina file zoomfile
    `,
  ],
  [
    'address',
    'WordPress: Rocket, Jetpack, a3, WP Smush, Avada, LiteSpeed, Autoptimize',
    `
      data-lazy-src data-orig-src data-lazyload data-lazyload-src data-litespeed-src
      data-wpfc-original-src data-ezsrc data-breeze
    `,
  ],
  [
    'address',
    'Flickity, Slick, Swiper, Owl, Splide, RoyalSlider',
    `
      data-flickity-lazyload data-flickity-lazyload-src data-lazy data-splide-lazy
      data-rsbigimg data-glide-src
    `,
  ],
  [
    'address',
    'Cloudflare Mirage and Rocket Loader',
    `
      data-cfsrc data-cf-src
    `,
  ],
  [
    'address',
    'unveil, echo, bLazy, lazyestload, Squarespace, Weebly, Wix, Tumblr',
    `
      data-echo data-blazy data-unveil data-image data-img data-img-src data-image-src
      data-img-url data-image-url data-src-img data-lazyimg data-lazy-img data-lazy-image
      data-lazy-url data-original-src data-actualsrc data-actual-src data-real-src data-real
      data-realsrc data-delayed-url data-defer-src data-deferred data-url data-imgsrc
      data-imageurl data-pin-media data-media ng-src data-ng-src v-lazy data-v-src
      data-interchange-src data-runner-src data-pagespeed-lazy-src
      data-pagespeed-high-res-src data-noscript-src data-savepage-src data-hi-res-src
      data-gt-lazy-src data-ll-src data-src-retina data-src2x data-2x data-at2x data-ssrc
      data-canonical-src data-asset-url data-native-src lazy-src lazysrc loadsrc _src src2
      original real_src realsrc data-ks-lazyload data-lazyload-img data-ratio-src
      data-mobile-src data-desktop-src data-src-mobile data-src-desktop data-src-medium
      data-src-default
    `,
  ],
  [
    'address',
    'posters of videos that load late',
    `
      data-poster data-video-poster data-poster-src
    `,
  ],
  [
    'srcset',
    'lazysizes and all that follow it',
    `
      data-srcset data-lazy-srcset data-original-set data-lazyload-srcset
      data-litespeed-srcset data-orig-srcset data-flickity-lazyload-srcset
      data-splide-lazy-srcset data-srcset-retina data-lazy-set data-responsive data-set
      data-image-srcset data-lazysrcset data-ll-srcset data-src-set data-img-srcset
      data-imgsrcset data-wpfc-original-srcset data-cfsrcset data-savepage-srcset
      data-native-srcset lazy-srcset data-breeze-srcset imagesrcset data-mobile-srcset
      data-desktop-srcset
    `,
  ],
  [
    'background',
    'lazysizes bgset and unveilhooks, vanilla-lazyload, lozad, Elementor, WP Rocket',
    `
      data-bg data-bgset data-bg-hidpi data-bg-multi data-bg-multi-hidpi data-bg-set
      data-background data-background-image data-background-src data-background-url
      data-background-image-url data-background-multi data-bgimage data-bg-image data-bg-img
      data-bg-src data-bg-url data-bgimg data-bgsrc data-image-background data-lazy-bg
      data-lazy-background data-lazy-background-image data-lazy-style data-style
      data-flickity-bg-lazyload data-splide-bg data-rocket-lazy-bg data-rocket-lazybg
      data-ll-bg data-parallax-image data-image-bg data-src-background data-cover data-back
      data-src-bg data-tbg data-vc-parallax-image data-css-bg data-jarallax-image data-w-bg
      lazy-background data-original-bg data-lazybg data-lazyload-bg data-wpr-lazyrender-bg
      data-lazy-load-bg
    `,
  ],
  [
    'full',
    'lightboxes, zooms, WordPress galleries, WooCommerce',
    `
      data-full data-fullsrc data-full-src data-full-url data-full-size data-fullsize
      data-fullsize-url data-full-image data-full-img data-large data-large-src
      data-large_image data-large-image data-large-file data-orig-file data-original-image
      data-orig data-zoom data-zoom-image data-zoom-src data-zoom-img data-zoomed data-big
      data-big-src data-highres data-high-res data-high-res-src data-hires data-hi-res
      data-hd-src data-xlarge data-magnify-src data-lightbox-src data-fancybox-href
      data-mfp-src data-featherlight data-o_src data-old-hires data-super-img
      data-super-full-img data-max-src data-source-url data-download-url data-src-large
      data-src-full data-src-xl data-pswp-src data-fslightbox
    `,
  ],
  [
    'thumb',
    'galleries, progressive loaders',
    `
      data-thumb data-thumbnail data-thumb-src data-thumbnail-src data-preview data-low-src
      data-placeholder-src data-fallback-src data-src-small data-backup
    `,
  ],
];

const names = (text: string): string[] => text.trim().split(/\s+/);

export const LAZY_ATTRIBUTES: ReadonlyMap<string, LazyKind> = new Map(
  TABLE.flatMap(([kind, , attributes]) =>
    names(attributes).map((name): [string, LazyKind] => [name, kind]),
  ),
);

/** On elements other than pictures other things go by these names: the value has to look like an image. */
export const AMBIGUOUS: ReadonlySet<string> = new Set(
  names(`
    data-src data-url data-media data-preview data-image data-img data-thumb data-thumbnail
    data-large data-full data-zoom data-big data-deferred data-lazy data-lazyload data-retina
    data-normal data-original data-real data-set data-responsive data-style data-cover
    data-back data-background data-source-url data-download-url data-backup data-2x data-hires
    data-highres data-orig data-xlarge data-fslightbox data-featherlight data-full-size
    data-fullsize data-asset-url data-poster data-unveil data-echo original file zoomfile src2
    data-breeze
  `),
);

/** And these even on an `<img>`. */
export const DOUBTFUL: ReadonlySet<string> = new Set(
  names(`
    data-url data-media data-pin-media data-preview data-source-url data-download-url data-set
    data-responsive data-cover data-back data-backup data-background data-style
    data-lightbox-src data-fancybox-href data-mfp-src data-featherlight data-full-url
    data-zoom data-full data-large data-big data-xlarge data-retina data-2x data-orig original
    file
  `),
);
