/**
 * Rules that turn the address of a resized copy into that of its original, as data: who, where, how,
 * and examples, which are the rules' tests. The first that fits is used. An original may be missing
 * on the server; the candidates the page named stay behind it.
 */

export interface UpgradeRule {
  /** Shown as `upgrade.<name>` in `from`. */
  readonly name: string;
  /** Hosts it is for; absent where the address itself tells. */
  readonly hosts?: RegExp;
  /** The original's address (may be relative to the copy's), or undefined where the rule does not fit. */
  readonly original: (url: URL) => string | undefined;
  readonly examples: readonly (readonly [copy: string, original: string])[];
}

/** Replaces in the path, keeps the query; undefined when nothing was replaced. */
function inPath(url: URL, pattern: RegExp, by: string): string | undefined {
  const path = url.pathname.replace(pattern, by);
  return path === url.pathname ? undefined : url.origin + path + url.search;
}

/** Leaves out the query parameters that ask for a size or quality; undefined when there was none. */
function without(url: URL, parameters: RegExp): string | undefined {
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !parameters.test(pair.split('=', 1)[0]!));
  const search = kept.length === 0 ? '' : `?${kept.join('&')}`;
  return search === url.search ? undefined : url.origin + url.pathname + search;
}

export const UPGRADE_RULES: readonly UpgradeRule[] = [
  {
    name: 'nextjs',
    original(url) {
      if (!url.pathname.endsWith('/_next/image')) return undefined;
      return url.searchParams.get('url') ?? undefined;
    },
    examples: [
      [
        'https://site.example/_next/image?url=%2Fphotos%2Fcat.jpg&w=640&q=75',
        'https://site.example/photos/cat.jpg',
      ],
      [
        'https://site.example/_next/image?url=https%3A%2F%2Fcdn.example%2Fcat.jpg%3Fv%3D2&w=1080&q=75',
        'https://cdn.example/cat.jpg?v=2',
      ],
    ],
  },
  {
    name: 'cloudflare',
    original(url) {
      const found = /^(.*?)\/cdn-cgi\/image\/[^/]*\/(.+)$/.exec(url.pathname);
      if (found === null) return undefined;
      const rest = found[2]!;
      return (
        (/^https?:\/+/.test(rest) ? rest.replace(/^(https?:)\/+/, '$1//') : `${found[1]}/${rest}`) +
        url.search
      );
    },
    examples: [
      [
        'https://site.example/cdn-cgi/image/width=640,quality=75/photos/cat.jpg',
        'https://site.example/photos/cat.jpg',
      ],
      [
        'https://site.example/cdn-cgi/image/fit=cover,w=80/https://other.example/cat.jpg?v=1',
        'https://other.example/cat.jpg?v=1',
      ],
    ],
  },
  {
    name: 'wordpress-photon',
    hosts: /^i[0-3]\.wp\.com$/,
    original(url) {
      const path = url.pathname.slice(1);
      return /^[^/]+\.[^/]+\/./.test(path) ? `https://${path}` : undefined;
    },
    examples: [
      [
        'https://i0.wp.com/blog.example/wp-content/uploads/2024/01/cat.jpg?resize=300%2C200&ssl=1',
        'https://blog.example/wp-content/uploads/2024/01/cat.jpg',
      ],
    ],
  },
  {
    name: 'wordpress-com',
    hosts: /\.files\.wordpress\.com$/,
    original: (url) => without(url, /^(?:w|h|crop|fit|resize|quality|strip|zoom|ssl)$/),
    examples: [
      [
        'https://blog.files.wordpress.com/2024/01/cat.jpg?w=300&h=200',
        'https://blog.files.wordpress.com/2024/01/cat.jpg',
      ],
    ],
  },
  {
    name: 'wordpress',
    original(url) {
      if (!/\/(?:wp-content|uploads|files|app)\//.test(url.pathname)) return undefined;
      const plain = inPath(url, /-\d{2,4}x\d{2,4}(?=\.(?:jpe?g|png|gif|webp|avif)$)/i, '');
      return plain?.replace(/\?(?:resize|fit|w|h|ssl|quality|strip)=.*$/, '');
    },
    examples: [
      [
        'https://blog.example/wp-content/uploads/2024/01/cat-1024x683.jpg',
        'https://blog.example/wp-content/uploads/2024/01/cat.jpg',
      ],
      [
        'https://blog.example/wp-content/uploads/cat-2-150x150.webp?resize=90,90',
        'https://blog.example/wp-content/uploads/cat-2.webp',
      ],
    ],
  },
  {
    name: 'wikimedia',
    original(url) {
      const found = /^(.*)\/thumb(\/(?:archive\/)?[0-9a-f]\/[0-9a-f]{2}\/[^/]+)\/[^/]+$/.exec(
        url.pathname,
      );
      return found === null ? undefined : url.origin + found[1] + found[2];
    },
    examples: [
      [
        'https://upload.wikimedia.org/wikipedia/commons/thumb/a/a9/Cat.jpg/640px-Cat.jpg',
        'https://upload.wikimedia.org/wikipedia/commons/a/a9/Cat.jpg',
      ],
      [
        'https://wiki.example/images/thumb/0/0f/Map.svg/220px-Map.svg.png',
        'https://wiki.example/images/0/0f/Map.svg',
      ],
    ],
  },
  {
    name: 'wikia',
    hosts: /\.(?:wikia|nocookie)\.(?:net|com)$/,
    original: (url) =>
      inPath(
        url,
        /\/(?:scale-to-(?:width|height)(?:-down)?|thumbnail(?:-down)?|smart|zoom-crop(?:-down)?|top-crop(?:-down)?|window-crop)\/.*$/,
        '',
      ),
    examples: [
      [
        'https://static.wikia.nocookie.net/films/images/a/ab/Cat.jpg/revision/latest/scale-to-width-down/400?cb=2019',
        'https://static.wikia.nocookie.net/films/images/a/ab/Cat.jpg/revision/latest?cb=2019',
      ],
      [
        'https://vignette.wikia.nocookie.net/1fb5ee36/thumbnail-down/width/1280/height/720',
        'https://vignette.wikia.nocookie.net/1fb5ee36',
      ],
    ],
  },
  {
    name: 'shopify',
    original(url) {
      if (url.hostname !== 'cdn.shopify.com' && !/\/cdn\/shop\//.test(url.pathname))
        return undefined;
      const size =
        /_(?:\d{1,4}x\d{0,4}|x\d{1,4}|pico|icon|thumb|small|compact|medium|large|grande|master)(?:_crop_[a-z]+)?(?:@[23]x)?(?:\.progressive)?(?=\.(?:jpe?g|png|gif|webp)(?:\.\w+)?$)/i;
      const plain = inPath(url, size, '') ?? url.href;
      const bare =
        without(new URL(plain), /^(?:width|height|crop|pad_color|format|quality)$/) ?? plain;
      return bare === url.href ? undefined : bare;
    },
    examples: [
      [
        'https://cdn.shopify.com/s/files/1/0001/products/cat_480x480.jpg?v=157',
        'https://cdn.shopify.com/s/files/1/0001/products/cat.jpg?v=157',
      ],
      [
        'https://cdn.shopify.com/s/files/1/0001/files/cat_600x_crop_center@2x.png',
        'https://cdn.shopify.com/s/files/1/0001/files/cat.png',
      ],
      [
        'https://shop.example/cdn/shop/files/cat.jpg?v=157&width=533',
        'https://shop.example/cdn/shop/files/cat.jpg?v=157',
      ],
    ],
  },
  {
    name: 'cloudinary',
    hosts: /(?:^|\.)cloudinary\.com$/,
    // Transformations stand between /upload/ and the version or the public id.
    original: (url) =>
      inPath(
        url,
        /\/(upload|fetch)\/(?:s--[\w-]+--\/)?(?:(?:[a-z]{1,3}_[^/]+|\$[^/]+)\/)+/,
        '/$1/',
      ),
    examples: [
      [
        'https://res.cloudinary.com/demo/image/upload/w_400,h_300,c_fill/q_auto,f_auto/v15/cat.jpg',
        'https://res.cloudinary.com/demo/image/upload/v15/cat.jpg',
      ],
    ],
  },
  {
    name: 'google-user-content',
    hosts: /(?:^|\.)(?:googleusercontent\.com|ggpht\.com)$/,
    original(url) {
      if (/=[^/]*$/.test(url.pathname)) return inPath(url, /=(?!s0$)[^/=]*$/, '=s0');
      return inPath(url, /\/(?:s(?!0\/)\d+|w\d+)(?:-[a-z0-9-]+)?\/(?=[^/]*$)/, '/s0/');
    },
    examples: [
      [
        'https://lh3.googleusercontent.com/a-/AOh14Gh=s96-c',
        'https://lh3.googleusercontent.com/a-/AOh14Gh=s0',
      ],
      [
        'https://lh3.googleusercontent.com/pw/AM-JKL=w640-h480-no',
        'https://lh3.googleusercontent.com/pw/AM-JKL=s0',
      ],
      [
        'https://blogger.googleusercontent.com/img/b/R29v/AVvX/s320/cat.jpg',
        'https://blogger.googleusercontent.com/img/b/R29v/AVvX/s0/cat.jpg',
      ],
    ],
  },
  {
    name: 'blogger',
    hosts: /^\d\.bp\.blogspot\.com$/,
    original: (url) => inPath(url, /\/(?:s(?!0\/)\d+|w\d+)(?:-[a-z0-9-]+)?\/(?=[^/]*$)/, '/s0/'),
    examples: [
      [
        'https://1.bp.blogspot.com/-abc/XYZ/AAAA/BBBB/s400-c/cat.jpg',
        'https://1.bp.blogspot.com/-abc/XYZ/AAAA/BBBB/s0/cat.jpg',
      ],
    ],
  },
  {
    name: 'twitter',
    hosts: /^pbs\.twimg\.com$/,
    original(url) {
      if (url.pathname.startsWith('/profile_images/')) {
        return inPath(url, /_(?:normal|bigger|mini|\d+x\d+)(?=\.\w+$)/, '');
      }
      if (!url.pathname.startsWith('/media/')) return undefined;
      const format = /\.(\w+)(?::\w+)?$/.exec(url.pathname)?.[1] ?? url.searchParams.get('format');
      if (format === null) return undefined;
      const id = url.pathname.replace(/\.\w+(?::\w+)?$/, '');
      return `${url.origin}${id}?format=${format}&name=orig`;
    },
    examples: [
      [
        'https://pbs.twimg.com/media/EaBcD.jpg:large',
        'https://pbs.twimg.com/media/EaBcD?format=jpg&name=orig',
      ],
      [
        'https://pbs.twimg.com/media/EaBcD?format=png&name=small',
        'https://pbs.twimg.com/media/EaBcD?format=png&name=orig',
      ],
      [
        'https://pbs.twimg.com/profile_images/12/cat_normal.jpg',
        'https://pbs.twimg.com/profile_images/12/cat.jpg',
      ],
    ],
  },
  {
    name: 'unsplash',
    hosts: /^(?:images|plus)\.unsplash\.com$/,
    original: (url) => without(url, /^(?!ixid$|ixlib$)/),
    examples: [
      [
        'https://images.unsplash.com/photo-1516117172878-fd2c41f4a759?w=400&q=80&fm=webp&ixlib=rb-4.0.3',
        'https://images.unsplash.com/photo-1516117172878-fd2c41f4a759?ixlib=rb-4.0.3',
      ],
    ],
  },
  {
    name: 'medium',
    hosts: /^(?:miro\.medium\.com|cdn-images-\d\.medium\.com)$/,
    original(url) {
      const id = /\/((?:\d\*|\d_)[^/]+)$/.exec(url.pathname)?.[1];
      const original = id === undefined ? undefined : `https://miro.medium.com/${id}`;
      return original === url.href ? undefined : original;
    },
    examples: [
      [
        'https://miro.medium.com/max/1400/1*8I-HPL0bfoIzGied-dzOvA.png',
        'https://miro.medium.com/1*8I-HPL0bfoIzGied-dzOvA.png',
      ],
      [
        'https://miro.medium.com/v2/resize:fit:720/format:webp/1*8I-HPL0bfoIzGied-dzOvA.png',
        'https://miro.medium.com/1*8I-HPL0bfoIzGied-dzOvA.png',
      ],
      [
        'https://cdn-images-1.medium.com/fit/c/120/120/1*8I-HPL0bfoIzGied-dzOvA.png',
        'https://miro.medium.com/1*8I-HPL0bfoIzGied-dzOvA.png',
      ],
    ],
  },
  {
    name: 'flickr',
    hosts: /(?:^|\.)static\.?flickr\.com$/,
    // Larger ones carry another secret; _b (1024) is the largest that shares it.
    original: (url) => inPath(url, /(\/\d+_[0-9a-f]{6,12})(?:_[sqtmnwzc])?(?=\.jpg$)/, '$1_b'),
    examples: [
      [
        'https://live.staticflickr.com/65535/51234567890_0a1b2c3d4e_m.jpg',
        'https://live.staticflickr.com/65535/51234567890_0a1b2c3d4e_b.jpg',
      ],
      [
        'https://farm5.static.flickr.com/4001/4512345678_0a1b2c3d4e.jpg',
        'https://farm5.static.flickr.com/4001/4512345678_0a1b2c3d4e_b.jpg',
      ],
    ],
  },
  {
    name: 'squarespace',
    hosts: /(?:^|\.)(?:squarespace-cdn\.com|static1\.squarespace\.com)$/,
    original(url) {
      const bare = without(url, /^format$/) ?? url.href;
      const original = `${bare}${bare.includes('?') ? '&' : '?'}format=original`;
      return original === url.href ? undefined : original;
    },
    examples: [
      [
        'https://images.squarespace-cdn.com/content/v1/5f/16/cat.jpg?format=500w',
        'https://images.squarespace-cdn.com/content/v1/5f/16/cat.jpg?format=original',
      ],
    ],
  },
  {
    name: 'ghost',
    original: (url) =>
      inPath(url, /\/content\/images\/size\/[^/]+\/(?:format\/[a-z0-9]+\/)?/, '/content/images/'),
    examples: [
      [
        'https://blog.example/content/images/size/w600/2024/01/cat.jpg',
        'https://blog.example/content/images/2024/01/cat.jpg',
      ],
      [
        'https://blog.example/content/images/size/w300/format/webp/2024/01/cat.png',
        'https://blog.example/content/images/2024/01/cat.png',
      ],
    ],
  },
  {
    name: 'imgix',
    // Signed addresses (`s=`) cannot be changed.
    hosts:
      /(?:^|\.)(?:imgix\.net|datocms-assets\.com|prismic\.io|ctfassets\.net|sanity\.io|kxcdn\.com|storyblok\.com|contentstack\.io|imagekit\.io|twicpics\.com|cdn\.sanity\.io|images\.pexels\.com)$/,
    original(url) {
      if (url.searchParams.has('s')) return undefined;
      return without(
        url,
        /^(?:w|h|width|height|fit|crop|rect|ar|q|quality|auto|fm|format|dpr|max-?w|max-?h|tr|fl|f|r|cs|blur|sharp|usm|px|bg|facepad|ixlib|cs)$/,
      );
    },
    examples: [
      [
        'https://shop.imgix.net/photos/cat.jpg?w=400&h=300&fit=crop&auto=format,compress',
        'https://shop.imgix.net/photos/cat.jpg',
      ],
      [
        'https://images.ctfassets.net/space/id/token/cat.jpg?w=800&q=50&fm=webp',
        'https://images.ctfassets.net/space/id/token/cat.jpg',
      ],
      [
        'https://images.pexels.com/photos/45201/cat.jpeg?auto=compress&cs=tinysrgb&w=600',
        'https://images.pexels.com/photos/45201/cat.jpeg',
      ],
    ],
  },
  {
    name: 'query-size',
    // Any server whose query asks for a width and whose path is a plain image file.
    original(url) {
      if (!/\.(?:jpe?g|png|gif|webp|avif)$/i.test(url.pathname)) return undefined;
      if (!/[?&](?:w|width|imwidth|resize|imw|wid|sw|h|height|fit)=/i.test(url.search))
        return undefined;
      if (/[?&](?:s|sig|signature|token|hash|hmac|ixs|expires|x-amz-[a-z]+)=/i.test(url.search))
        return undefined;
      return without(
        url,
        /^(?:w|width|imw|imwidth|wid|sw|h|height|hei|sh|resize|fit|crop|quality|qlt|q|dpr|strip|scale|size|maxwidth|maxheight|impolicy|mode|auto|zoom|ssl)$/i,
      );
    },
    examples: [
      [
        'https://news.example/media/cat.jpg?width=640&quality=75&v=3',
        'https://news.example/media/cat.jpg?v=3',
      ],
      ['https://news.example/media/cat.jpg?imwidth=640', 'https://news.example/media/cat.jpg'],
    ],
  },
];
