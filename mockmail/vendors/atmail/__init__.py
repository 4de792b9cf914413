"""atmail mail server: the admin API, Zend XML under /admin/index.php/api/."""

from mockmail.vendors.atmail.vendor import Atmail

VENDOR = Atmail()
