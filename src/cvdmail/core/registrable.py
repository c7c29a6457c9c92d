"""Which part of a host name was bought by one owner: the registrable domain.

The exact answer needs the Public Suffix List.  Only two questions are asked here: did a redirect leave the vendor's
domain, and do two names belong to one organisation.  A short table of public suffixes answers them for the names that
matter; a suffix we do not know makes us take two tenants of it for one owner, which the score table treats as no more
than a missing warning, and never as a yes: details still need two sources or a person.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Labels under which country registries sell names (co.uk, com.au, gov.br, ...), only under two-letter domains.
_SECOND_LEVEL = _words("ac co com edu gob gouv gov go gv id info ltd me mil ne net nhs nom or org plc police sch web")
# Suffixes under which a company hands out names to strangers.
_SHARED = _words(
    """
    amazonaws.com appspot.com azurewebsites.net blogspot.com cloudfront.net firebaseapp.com fly.dev github.io gitlab.io
    herokuapp.com myshopify.com netlify.app onrender.com pages.dev readthedocs.io sourceforge.io squarespace.com
    vercel.app web.app wixsite.com wordpress.com workers.dev
    """
)
# Houses with many tenants: what stands on them speaks for the tenant, and their own security.txt does not.
PLATFORMS = _words(
    """
    bitbucket.org bugcrowd.com codeberg.org facebook.com gitee.com github.com github.io gitlab.com gitlab.io
    googlegroups.com groups.io
    hackerone.com huntr.com huntr.dev intigriti.com linkedin.com medium.com openbugbounty.org
    sourceforge.net twitter.com x.com yeswehack.com yogosha.com youtube.com
    """
)
# Mail houses: an address there says nothing about who owns the domain.
MAIL_PROVIDERS = _words(
    """
    163.com aol.com fastmail.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com mail.ru outlook.com
    pm.me proton.me protonmail.com qq.com tutanota.com yahoo.com yandex.ru
    """
)


def registrable_domain(host: str) -> str:
    """Return the part of ``host`` (lower-case A-labels) that one owner registered; ``host`` itself if it is that."""
    labels = host.split(".")
    for size in (2, 3):
        if ".".join(labels[-size:]) in _SHARED:
            return ".".join(labels[-size - 1 :])
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if deep else labels[-2:])


def same_owner(one: str, other: str) -> bool:
    """Tell whether two host names lie under one registrable domain."""
    return registrable_domain(one) == registrable_domain(other)


def is_platform(host: str) -> bool:
    """Tell whether ``host`` belongs to a house with many tenants: a forge, a bounty platform, a mail provider."""
    owner = registrable_domain(host)
    return owner in PLATFORMS or owner in MAIL_PROVIDERS or ".".join(owner.split(".")[-2:]) in PLATFORMS
