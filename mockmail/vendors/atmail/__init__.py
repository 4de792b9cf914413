"""atmail mail server: the admin API, Zend XML under /admin/index.php/api/."""

from mockmail.vendors.atmail.vendor import VENDOR

__all__ = ["VENDOR"]
