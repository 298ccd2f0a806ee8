package podnet

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const (
	device   = "pods0"
	network  = 1    // of VXLAN; a cluster has one
	port     = 4789 // IANA's for VXLAN
	protocol = 57   // marks our routes, so that stale ones are known
)

// outerLink is the device that bears the node's own address.
func outerLink(address netip.Addr) (netlink.Link, error) {
	found, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, err
	}
	for _, one := range found {
		if one.IP.Equal(address.AsSlice()) {
			return netlink.LinkByIndex(one.LinkIndex)
		}
	}
	return nil, fmt.Errorf("no device bears the node's address %s", address)
}

// keepTunnel lays the tunnel to the others' pods; where there are no others there is none.
func keepTunnel(outer netlink.Link, own member, others []member) error {
	if len(others) == 0 {
		if found, err := netlink.LinkByName(device); err == nil {
			return netlink.LinkDel(found)
		}
		return nil
	}
	link, err := ownEnd(outer, own)
	if err != nil {
		return err
	}
	for _, one := range own.tunnels() {
		bits := 8 * len(one.AsSlice())
		address := &netlink.Addr{IPNet: &net.IPNet{IP: one.AsSlice(), Mask: net.CIDRMask(bits, bits)}, Flags: unix.IFA_F_NODAD}
		if err := netlink.AddrReplace(link, address); err != nil {
			return fmt.Errorf("address %s: %w", one, err)
		}
	}
	failures := []error{forget(link, others)}
	for _, other := range others {
		failures = append(failures, reach(link, other))
	}
	return errors.Join(failures...)
}

// ownEnd is this node's end of the tunnel; one that is laid otherwise is laid anew.
func ownEnd(outer netlink.Link, own member) (netlink.Link, error) {
	wanted := &netlink.Vxlan{
		LinkAttrs: netlink.LinkAttrs{
			Name: device, HardwareAddr: own.hardware(), MTU: innerMTU(outer.Attrs().MTU, own.outer),
		},
		VxlanId:      network,
		VtepDevIndex: outer.Attrs().Index,
		SrcAddr:      own.outer.AsSlice(),
		Port:         port,
	}
	if found, err := netlink.LinkByName(device); err == nil {
		have, ok := found.(*netlink.Vxlan)
		if ok && have.VtepDevIndex == wanted.VtepDevIndex && have.SrcAddr.Equal(wanted.SrcAddr) &&
			have.MTU == wanted.MTU && bytes.Equal(have.HardwareAddr, wanted.HardwareAddr) {
			return found, netlink.LinkSetUp(found)
		}
		if err := netlink.LinkDel(found); err != nil {
			return nil, err
		}
	}
	if err := netlink.LinkAdd(wanted); err != nil {
		return nil, fmt.Errorf("device %s: %w", device, err)
	}
	made, err := netlink.LinkByName(device)
	if err != nil {
		return nil, err
	}
	return made, netlink.LinkSetUp(made)
}

// reach lets packets to the pods of *other* find their way: to its end of the tunnel, and that one
// behind its address.
func reach(link netlink.Link, other member) error {
	index := link.Attrs().Index
	behind := &netlink.Neigh{
		LinkIndex: index, Family: unix.AF_BRIDGE, Flags: netlink.NTF_SELF, State: netlink.NUD_PERMANENT,
		IP: other.outer.AsSlice(), HardwareAddr: other.hardware(),
	}
	if err := netlink.NeighSet(behind); err != nil {
		return fmt.Errorf("end of %s: %w", other.name, err)
	}
	for number, tunnel := range other.tunnels() {
		end := &netlink.Neigh{
			LinkIndex: index, State: netlink.NUD_PERMANENT, IP: tunnel.AsSlice(), HardwareAddr: other.hardware(),
		}
		route := &netlink.Route{
			LinkIndex: index, Dst: inNet(other.pods[number]), Gw: tunnel.AsSlice(),
			Flags: int(netlink.FLAG_ONLINK), Protocol: protocol,
		}
		if err := errors.Join(netlink.NeighSet(end), netlink.RouteReplace(route)); err != nil {
			return fmt.Errorf("way to %s: %w", other.pods[number], err)
		}
	}
	return nil
}

// forget removes the ways to members that are none any more.
func forget(link netlink.Link, others []member) error {
	kept := map[string]bool{}
	for _, other := range others {
		kept[other.outer.String()+" "+other.hardware().String()] = true
		for number, tunnel := range other.tunnels() {
			kept[tunnel.String()+" "+other.hardware().String()] = true
			kept[other.pods[number].Masked().String()] = true
		}
	}
	return errors.Join(forgetRoutes(link, kept), forgetEnds(link, kept))
}

func forgetRoutes(link netlink.Link, kept map[string]bool) error {
	ours := &netlink.Route{LinkIndex: link.Attrs().Index, Protocol: protocol}
	mask := netlink.RT_FILTER_OIF | netlink.RT_FILTER_PROTOCOL
	found, err := netlink.RouteListFiltered(netlink.FAMILY_ALL, ours, mask)
	failures := []error{err}
	for _, route := range found {
		if !kept[route.Dst.String()] {
			failures = append(failures, netlink.RouteDel(&route))
		}
	}
	return errors.Join(failures...)
}

func forgetEnds(link netlink.Link, kept map[string]bool) error {
	var failures []error
	for _, family := range []int{unix.AF_INET, unix.AF_INET6, unix.AF_BRIDGE} {
		found, err := netlink.NeighList(link.Attrs().Index, family)
		failures = append(failures, err)
		for _, end := range found {
			permanent := end.State&netlink.NUD_PERMANENT != 0
			if permanent && end.IP != nil && !kept[end.IP.String()+" "+end.HardwareAddr.String()] {
				failures = append(failures, netlink.NeighDel(&end))
			}
		}
	}
	return errors.Join(failures...)
}

func inNet(prefix netip.Prefix) *net.IPNet {
	masked := prefix.Masked()
	bits := 8 * len(masked.Addr().AsSlice())
	return &net.IPNet{IP: masked.Addr().AsSlice(), Mask: net.CIDRMask(masked.Bits(), bits)}
}

// keepFile lays *content* into the file as a whole, readable for root alone.
func keepFile(path string, content []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, content) {
		return nil
	}
	part := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".part")
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return err
	}
	return os.Rename(part, path)
}
